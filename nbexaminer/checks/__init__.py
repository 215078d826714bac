"""The course authors' API: exercises, cases, known mistakes; comparing and diagnosing."""
