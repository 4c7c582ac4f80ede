#include <unisono/transport/detail/impl/sse_feed.ipp>
#include <unisono/transport/impl/http_connection.ipp>
#include <unisono/transport/impl/http_exchange.ipp>
#include <unisono/transport/impl/sse_feed.ipp>
#include <unisono/transport/impl/sse_stream.ipp>
#include <unisono/transport/impl/static_files.ipp>
#include <unisono/transport/impl/websocket_inbox.ipp>
#include <unisono/transport/impl/websocket_session.ipp>
