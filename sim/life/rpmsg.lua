-- SPDX-License-Identifier: Apache-2.0
-- Wireshark dissector for captures of `ampsim messages --pcapng`: RPMsg on link type USER0 (147).
--
-- wireshark -X lua_script:rpmsg.lua FILE, or copy it to the folder of personal Lua plugins.

local rpmsg = Proto("rpmsg", "RPMsg")

local NAME_SERVICE = 53
local HEADER, NAME = 16, 32

local flags = { [0] = "create", [1] = "destroy" }
local f = rpmsg.fields
f.src = ProtoField.uint32("rpmsg.src", "Source", base.HEX)
f.dst = ProtoField.uint32("rpmsg.dst", "Destination", base.HEX)
f.reserved = ProtoField.uint32("rpmsg.reserved", "Reserved", base.HEX)
f.len = ProtoField.uint16("rpmsg.len", "Payload length", base.DEC)
f.flags = ProtoField.uint16("rpmsg.flags", "Flags", base.HEX)
f.payload = ProtoField.bytes("rpmsg.payload", "Payload")
f.text = ProtoField.string("rpmsg.text", "Text")
f.ns_name = ProtoField.stringz("rpmsg.ns.name", "Channel")
f.ns_addr = ProtoField.uint32("rpmsg.ns.addr", "Address", base.HEX)
f.ns_flags = ProtoField.uint32("rpmsg.ns.flags", "Announcement", base.HEX, flags)

local short = ProtoExpert.new("rpmsg.short", "Payload shorter than the header says",
                              expert.group.MALFORMED, expert.severity.ERROR)
rpmsg.experts = { short }

-- The name service's message: name[32], addr u32, flags u32.
local function name_service(payload, tree)
  tree:add(f.ns_name, payload(0, NAME))
  tree:add_le(f.ns_addr, payload(NAME, 4))
  tree:add_le(f.ns_flags, payload(NAME + 4, 4))
  local what = flags[payload(NAME + 4, 4):le_uint()] or "unknown flags of"
  return string.format("name service: %s %s at 0x%x", what, payload(0, NAME):stringz(),
                       payload(NAME, 4):le_uint())
end

local function printable(payload)
  local text = payload:raw()
  return not text:find("[^\t\r\n -~]") and text or nil
end

function rpmsg.dissector(buffer, pinfo, root)
  if buffer:len() < HEADER then return 0 end
  local src, dst = buffer(0, 4):le_uint(), buffer(4, 4):le_uint()
  local length = buffer(12, 2):le_uint()
  local tree = root:add(rpmsg, buffer())
  tree:add_le(f.src, buffer(0, 4))
  tree:add_le(f.dst, buffer(4, 4))
  tree:add_le(f.reserved, buffer(8, 4))
  tree:add_le(f.len, buffer(12, 2))
  tree:add_le(f.flags, buffer(14, 2))
  pinfo.cols.protocol = "RPMsg"
  pinfo.cols.src = string.format("0x%x", src)
  pinfo.cols.dst = string.format("0x%x", dst)
  local info = string.format("0x%x -> 0x%x, %d bytes", src, dst, length)
  local there = math.min(length, buffer:len() - HEADER)
  if there < length then tree:add_proto_expert_info(short) end
  if there > 0 then
    local payload = buffer(HEADER, there)
    tree:add(f.payload, payload)
    if dst == NAME_SERVICE and there >= NAME + 8 then
      info = name_service(payload, tree)
    else
      local text = printable(payload)
      if text then
        tree:add(f.text, payload, text)
        info = info .. ": " .. text
      end
    end
  end
  pinfo.cols.info = info
  return buffer:len()
end

DissectorTable.get("wtap_encap"):add(wtap.USER0, rpmsg)
