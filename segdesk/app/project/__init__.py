"""The open project and what is known of its images."""
