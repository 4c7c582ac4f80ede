#include <unisono/core/impl/error.ipp>
#include <unisono/core/impl/line_logger.ipp>
