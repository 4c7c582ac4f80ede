#include <unisono/security/impl/origin.ipp>
