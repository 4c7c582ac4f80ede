#include <unisono/net/impl/connection.ipp>
#include <unisono/net/impl/listener.ipp>
#include <unisono/net/impl/shard.ipp>
