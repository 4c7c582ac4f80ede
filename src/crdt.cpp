#include <unisono/crdt/yjs/detail/impl/run_joiner.ipp>
#include <unisono/crdt/yjs/detail/impl/struct_writer.ipp>
#include <unisono/crdt/yjs/detail/impl/update_index.ipp>
#include <unisono/crdt/yjs/impl/delete_set.ipp>
#include <unisono/crdt/yjs/impl/state_vector.ipp>
#include <unisono/crdt/yjs/impl/struct_reader.ipp>
#include <unisono/crdt/yjs/impl/update.ipp>
