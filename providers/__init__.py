"""The thin gRPC servicer every Python provider here shares."""
