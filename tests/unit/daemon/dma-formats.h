/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_TESTS_DMA_FORMATS_H
#define XDMAD_TESTS_DMA_FORMATS_H
/*
 * Format files of dma:* events, as Debian's 6.12 shows them; what is printed of them is left out.
 */

#define DMA_COMMON_FIELDS                                                                          \
    "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"                         \
    "\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"                         \
    "\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n"                 \
    "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"

static const char dma_format_map_sg[] =
    "name: dma_map_sg\nID: 298\nformat:\n" DMA_COMMON_FIELDS
    "\tfield:__data_loc char[] device;\toffset:8;\tsize:4;\tsigned:0;\n"
    "\tfield:int full_nents;\toffset:12;\tsize:4;\tsigned:1;\n"
    "\tfield:int full_ents;\toffset:16;\tsize:4;\tsigned:1;\n"
    "\tfield:bool truncated;\toffset:20;\tsize:1;\tsigned:0;\n"
    "\tfield:__data_loc u64[] phys_addrs;\toffset:24;\tsize:4;\tsigned:0;\n"
    "\tfield:__data_loc u64[] dma_addrs;\toffset:28;\tsize:4;\tsigned:0;\n"
    "\tfield:__data_loc unsigned int[] lengths;\toffset:32;\tsize:4;\tsigned:0;\n"
    "\tfield:enum dma_data_direction dir;\toffset:36;\tsize:4;\tsigned:0;\n"
    "\tfield:unsigned long attrs;\toffset:40;\tsize:8;\tsigned:0;\n\nprint fmt: \"x\"\n";

/* Before 6.12.y told of truncation, and of full counts. */
static const char dma_format_map_sg_first[] =
    "name: dma_map_sg\nID: 299\nformat:\n" DMA_COMMON_FIELDS
    "\tfield:__data_loc char[] device;\toffset:8;\tsize:4;\tsigned:0;\n"
    "\tfield:__data_loc u64[] phys_addrs;\toffset:12;\tsize:4;\tsigned:0;\n"
    "\tfield:__data_loc u64[] dma_addrs;\toffset:16;\tsize:4;\tsigned:0;\n"
    "\tfield:__data_loc unsigned int[] lengths;\toffset:20;\tsize:4;\tsigned:0;\n"
    "\tfield:enum dma_data_direction dir;\toffset:24;\tsize:4;\tsigned:0;\n"
    "\tfield:unsigned long attrs;\toffset:32;\tsize:8;\tsigned:0;\n\nprint fmt: \"x\"\n";

static const char dma_format_map_page[] =
    "name: dma_map_page\nID: 309\nformat:\n" DMA_COMMON_FIELDS
    "\tfield:__data_loc char[] device;\toffset:8;\tsize:4;\tsigned:0;\n"
    "\tfield:u64 phys_addr;\toffset:16;\tsize:8;\tsigned:0;\n"
    "\tfield:u64 dma_addr;\toffset:24;\tsize:8;\tsigned:0;\n"
    "\tfield:size_t size;\toffset:32;\tsize:8;\tsigned:0;\n"
    "\tfield:enum dma_data_direction dir;\toffset:40;\tsize:4;\tsigned:0;\n"
    "\tfield:unsigned long attrs;\toffset:48;\tsize:8;\tsigned:0;\n\nprint fmt: \"x\"\n";

static const char dma_format_alloc[] =
    "name: dma_alloc\nID: 305\nformat:\n" DMA_COMMON_FIELDS
    "\tfield:__data_loc char[] device;\toffset:8;\tsize:4;\tsigned:0;\n"
    "\tfield:void * virt_addr;\toffset:16;\tsize:8;\tsigned:0;\n"
    "\tfield:u64 dma_addr;\toffset:24;\tsize:8;\tsigned:0;\n"
    "\tfield:size_t size;\toffset:32;\tsize:8;\tsigned:0;\n"
    "\tfield:gfp_t flags;\toffset:40;\tsize:4;\tsigned:0;\n"
    "\tfield:enum dma_data_direction dir;\toffset:44;\tsize:4;\tsigned:0;\n"
    "\tfield:unsigned long attrs;\toffset:48;\tsize:8;\tsigned:0;\n\nprint fmt: \"x\"\n";

#endif
