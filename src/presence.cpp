#include <unisono/presence/impl/awareness.ipp>
