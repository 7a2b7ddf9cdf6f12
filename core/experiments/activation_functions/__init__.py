"""What activation functions make of numbers in `passing`, what they are in `properties`, what they cost in `costs`."""
