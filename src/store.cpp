#include <unisono/store/impl/store_memory.ipp>
