"""What the pages share: the frame around them, the controls, the run of a session, and how a chart is shown."""
