#include <unisono/core/impl/error.ipp>
#include <unisono/core/impl/ip_address.ipp>
#include <unisono/core/impl/line_logger.ipp>
