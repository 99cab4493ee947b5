"""Where people talk to the assistant: adapters that receive a question and render an answer."""
