// Lists and details of connections.
