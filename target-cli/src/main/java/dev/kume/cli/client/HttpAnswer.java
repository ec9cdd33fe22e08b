package dev.kume.cli.client;

/**
 * One HTTP answer.
 *
 * @param status the three digits of the status line
 * @param contentType the media type without its parameters, lower case, or an empty string
 * @param body the whole body
 */
@SuppressWarnings("ArrayRecordComponent") // Made once, read once, never compared.
record HttpAnswer(int status, String contentType, byte[] body) {}
