#include <unisono/security/impl/cors.ipp>
#include <unisono/security/impl/origin.ipp>
