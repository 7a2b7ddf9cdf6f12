"""What is said where the cluster that the environment names cannot be reached."""

NOT_INSTALLED = (
    "{variable} asks for a cluster, which needs `pip install -r requirements-cluster.txt` in this environment."
)
NO_ADDRESS = "{variable} must be the address of a Dask scheduler, such as tcp://127.0.0.1:8786; got {address!r}."
NO_ANSWER = "No Dask scheduler answered at {address} within {seconds:g} seconds; {variable} names its address."
NO_WORKER = "The Dask scheduler at {address} has no worker after {seconds:g} seconds; start one, see docs/cluster.md."
