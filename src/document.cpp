#include <unisono/document/detail/impl/known_elements.ipp>
#include <unisono/document/impl/document_room.ipp>
#include <unisono/document/impl/encoded_yjs.ipp>
#include <unisono/document/impl/resident_yjs.ipp>
