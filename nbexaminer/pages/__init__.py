"""What people read: feedback, report, similar work, the formgrader's pages."""
