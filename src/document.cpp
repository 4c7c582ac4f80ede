#include <unisono/document/impl/document_room.ipp>
#include <unisono/document/impl/encoded_yjs.ipp>
