"""Work beside other work: threads, executors, and the garbage collector paused meanwhile."""
