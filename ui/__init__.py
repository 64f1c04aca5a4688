"""The chat page: draws an Answer and the documents behind it. Never computes one."""
