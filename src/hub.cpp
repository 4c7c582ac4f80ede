#include <unisono/hub/detail/impl/hub_core.ipp>
#include <unisono/hub/detail/impl/local_members.ipp>
#include <unisono/hub/detail/impl/room_table.ipp>
#include <unisono/hub/impl/history.ipp>
#include <unisono/hub/impl/hub.ipp>
#include <unisono/hub/impl/outbox.ipp>
#include <unisono/hub/impl/position_cookie.ipp>
