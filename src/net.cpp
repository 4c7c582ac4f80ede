#include <unisono/net/detail/impl/flush_queue.ipp>
#include <unisono/net/impl/admission.ipp>
#include <unisono/net/impl/connection.ipp>
#include <unisono/net/impl/connection_filter.ipp>
#include <unisono/net/impl/descriptor_reserve.ipp>
#include <unisono/net/impl/listener.ipp>
#include <unisono/net/impl/shard.ipp>
