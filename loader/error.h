/* SPDX-License-Identifier: GPL-2.0 */
/* The text of what went wrong: written once where it happens, printed once in main(). */
#ifndef BULKHEAD_ERROR_H
#define BULKHEAD_ERROR_H

#define BH_ERROR_TEXT_MAX 16384

/*
 * Filled by the function that fails, passed up. Text may hold several lines when
 * several things were refused at once (`bulkhead check`), one line otherwise.
 */
struct bh_error {
	char text[BH_ERROR_TEXT_MAX];
};

/**
 * bh_fail() - Set the error text and return the error.
 * @error:  Receives the text; what it held is replaced. NULL drops the text.
 * @code:   Negative errno to return.
 * @format: printf() format: what was attempted, on what, and the reason.
 *
 * Return: @code.
 */
int bh_fail(struct bh_error *error, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * bh_fail_add() - Append a line to the error text and return the error.
 * @error:  Text to append to; a newline separates lines. NULL drops the text.
 * @code:   Negative errno to return.
 * @format: printf() format of the line.
 *
 * Return: @code.
 */
int bh_fail_add(struct bh_error *error, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * bh_fail_prefix() - Say in front of the error text what was being done.
 * @error:  Text to prefix. NULL does nothing.
 * @code:   Negative errno to return.
 * @format: printf() format of the prefix, without the colon.
 *
 * Return: @code.
 */
int bh_fail_prefix(struct bh_error *error, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif /* BULKHEAD_ERROR_H */
