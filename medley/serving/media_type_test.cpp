#include "medley/serving/media_type.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace medley::serving {
namespace {

using std::string_view_literals::operator""sv;

TEST(SniffMediaType, KnowsWhatTheDecoderTakes) {
  EXPECT_EQ(SniffMediaType("\xff\xd8\xff\xe0\0\x10JFIF"sv).mime, "image/jpeg");
  EXPECT_EQ(SniffMediaType("\x89PNG\r\n\x1a\n"sv).mime, "image/png");
  EXPECT_EQ(SniffMediaType("GIF89a"sv).mime, "image/gif");
  EXPECT_EQ(SniffMediaType("RIFF\x24\0\0\0WEBPVP8 "sv).mime, "image/webp");
  EXPECT_EQ(SniffMediaType("RIFF\x24\0\0\0WAVEfmt "sv).mime, "audio/wav");
  EXPECT_EQ(SniffMediaType("RIFF\x24\0\0\0AVI LIST"sv).mime, "video/x-msvideo");
  EXPECT_EQ(SniffMediaType("fLaC\0\0\0\x22"sv).mime, "audio/flac");
  EXPECT_EQ(SniffMediaType("OggS\0\x02\0\0\0\0\0\0OpusHead"sv).mime, "audio/ogg");
  EXPECT_EQ(SniffMediaType("OggS\0\x02\0\0\0\0\0\0\x80theora"sv).mime, "video/ogg");
  EXPECT_EQ(SniffMediaType("ID3\x04"sv).mime, "audio/mpeg");
  EXPECT_EQ(SniffMediaType("\xff\xfb\x90\x64"sv).mime, "audio/mpeg");
  EXPECT_EQ(SniffMediaType("\xff\xf1\x50\x80"sv).mime, "audio/aac");
  EXPECT_EQ(SniffMediaType("\0\0\0\x20"
                           "ftypisom"sv)
                .mime,
            "video/mp4");
  EXPECT_EQ(SniffMediaType("\0\0\0\x20"
                           "ftypM4A "sv)
                .mime,
            "audio/mp4");
  EXPECT_EQ(SniffMediaType("\0\0\0\x14"
                           "ftypqt  "sv)
                .mime,
            "video/quicktime");
  EXPECT_EQ(SniffMediaType("\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm"sv).mime, "video/webm");
  EXPECT_EQ(SniffMediaType("\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska"sv).mime, "video/x-matroska");
}

TEST(SniffMediaType, GivesNothingABrowserWouldRun) {
  for (const std::string_view page : {"<!doctype html><script>"sv,
                                      "<svg xmlns=\"http://www.w3.org/2000/svg\">"sv,
                                      "%PDF-1.7"sv,
                                      ""sv,
                                      "\xff"sv,
                                      "RIFF"sv,
                                      "1234\0\0\0\0WEBP"sv,
                                      "\xff\xff\xff\xff"sv}) {
    const auto type = SniffMediaType(page);
    EXPECT_TRUE(type.mime == "application/octet-stream" || type.mime == "audio/mpeg") << page;
  }
  EXPECT_EQ(SniffMediaType("<html>"sv).mime, "application/octet-stream");
}

TEST(AssetContentType, GoesByTheName) {
  EXPECT_EQ(AssetContentType("assets/index-3f.js"), "text/javascript; charset=utf-8");
  EXPECT_EQ(AssetContentType("index.html"), "text/html; charset=utf-8");
  EXPECT_EQ(AssetContentType("a.woff2"), "font/woff2");
  EXPECT_EQ(AssetContentType("a.unknown"), "application/octet-stream");
}

}  // namespace
}  // namespace medley::serving
