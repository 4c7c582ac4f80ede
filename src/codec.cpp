#include <unisono/codec/impl/base64.ipp>
#include <unisono/codec/impl/json_document.ipp>
#include <unisono/codec/impl/json_value.ipp>
#include <unisono/codec/impl/json_writer.ipp>
#include <unisono/codec/impl/lib0_any.ipp>
#include <unisono/codec/impl/lib0_reader.ipp>
#include <unisono/codec/impl/prometheus.ipp>
#include <unisono/codec/impl/utf8.ipp>
