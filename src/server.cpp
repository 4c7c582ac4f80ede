#include <unisono/server/detail/impl/rooms_service.ipp>
#include <unisono/server/impl/router.ipp>
#include <unisono/server/impl/server.ipp>
#include <unisono/server/impl/server_core.ipp>
#include <unisono/server/impl/server_drain.ipp>
