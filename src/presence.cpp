#include <unisono/presence/detail/impl/message.ipp>
#include <unisono/presence/impl/awareness.ipp>
#include <unisono/presence/impl/replicator.ipp>
#include <unisono/presence/impl/tracker.ipp>
#include <unisono/presence/impl/tracker_diff.ipp>
