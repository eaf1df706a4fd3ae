/* SPDX-License-Identifier: GPL-2.0 */
/* Names of classes and permissions, from the numbering that all parts share. */
#ifndef BULKHEAD_POLICY_CLASSES_H
#define BULKHEAD_POLICY_CLASSES_H

#include <stddef.h>
#include <stdint.h>

/**
 * bh_class_number() - Find a class.
 * @name: Name of a class.
 *
 * Return: BH_CLASS_..., 0 when there is no such class.
 */
uint32_t bh_class_number(const char *name);

/**
 * bh_class_name() - The name of a class.
 * @tclass: BH_CLASS_...
 *
 * Return: The name; NULL when there is no such class.
 */
const char *bh_class_name(uint32_t tclass);

/**
 * bh_class_permission() - Find a permission.
 * @tclass: BH_CLASS_...
 * @name:   Name of a permission.
 *
 * Return: The permission's bit, 0 when the class has no such permission.
 */
uint32_t bh_class_permission(uint32_t tclass, const char *name);

/**
 * bh_class_permissions() - All permissions of a class.
 * @tclass: BH_CLASS_...
 *
 * Return: Their bits, 0 when there is no such class.
 */
uint32_t bh_class_permissions(uint32_t tclass);

/**
 * bh_class_permission_name() - The name of a permission.
 * @tclass: BH_CLASS_...
 * @bit:    Number of the bit, from 0.
 *
 * Return: The name; NULL when the class has no such permission.
 */
const char *bh_class_permission_name(uint32_t tclass, unsigned int bit);

/**
 * bh_class_print() - Write permissions as in an AVC record: "{ read write }".
 * @tclass:      BH_CLASS_...
 * @permissions: Their bits; those that the class does not have are left out.
 * @buffer:      Receives the text, cut when it is too long.
 * @size:        Bytes of @buffer; BH_CLASS_TEXT_MAX holds any class.
 *
 * Return: @buffer.
 */
const char *bh_class_print(uint32_t tclass, uint32_t permissions, char *buffer, size_t size);

#define BH_CLASS_TEXT_MAX 512

#endif /* BULKHEAD_POLICY_CLASSES_H */
