//! Store on Redis: the function library, the change stream and the private redis-server of one machine.
