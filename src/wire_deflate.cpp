#include <unisono/wire/impl/permessage_deflate.ipp>
