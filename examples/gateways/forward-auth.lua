-- "http-request lua.forward-auth" asks Latchkey who makes a request. It needs HAProxy 2.6 or later, built with Lua.
local url = 'http://127.0.0.1:3000/auth/forward'
local passed_on = {
  'authorization', 'cookie', 'host', 'origin', 'sec-fetch-site', 'sec-fetch-mode', 'sec-websocket-key', 'upgrade',
  'user-agent', 'x-auth-transport', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto',
}
local identity = { ['x-auth-user'] = true, ['x-auth-session'] = true, ['x-auth-roles'] = true }

core.register_action('forward-auth', { 'http-req' }, function(txn)
  local given = txn.http:req_get_headers()
  local headers = { ['x-original-method'] = { txn.f:method() } }
  for _, name in ipairs(passed_on) do
    local values = {}
    for _, value in pairs(given[name] or {}) do table.insert(values, value) end
    if #values > 0 then headers[name] = values end
  end

  local answer = core.httpclient():get({ url = url, headers = headers, timeout = 5000 })
  local function answered(name) return answer.headers and answer.headers[name] and answer.headers[name][0] end
  for name in pairs(given) do -- to WSGI, CGI and PHP apps, x_auth-user and x.auth.user are x-auth-user
    if identity[(name:lower():gsub('%W', '-'))] then txn.http:req_del_header(name) end
  end
  for name in pairs(identity) do txn.http:req_set_header(name, answered(name) or '') end
  txn:set_var('txn.auth_status', tostring(answer.status))
  txn:set_var('txn.auth_challenge', answered('www-authenticate') or 'Bearer realm="latchkey"')
end)
