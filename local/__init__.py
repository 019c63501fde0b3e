"""What runs only on a developer's machine: the embedded AWS, the deployment onto it, the command line, the demo."""
