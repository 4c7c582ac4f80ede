#include <unisono/core/impl/error.ipp>
