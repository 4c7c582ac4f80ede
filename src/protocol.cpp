#include <unisono/protocol/detail/impl/y_documents.ipp>
#include <unisono/protocol/detail/impl/y_frames.ipp>
#include <unisono/protocol/impl/y_websocket.ipp>
