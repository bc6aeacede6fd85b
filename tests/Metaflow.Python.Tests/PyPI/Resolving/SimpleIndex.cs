using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Metaflow.Python.Tests.PyPI.Resolving;

/// <summary>An index of packages on this machine alone (PEP 503), from the archives of a folder.</summary>
internal sealed class SimpleIndex : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly string _folder;
    private readonly string? _credentials;

    public SimpleIndex(string folder, string? credentials = null)
    {
        _folder = folder;
        _credentials = credentials;
        Port = Listen();
        _ = Task.Run(ServeAsync);
    }

    public int Port { get; }

    public string Url => $"http://127.0.0.1:{Port}/simple/";

    public ConcurrentQueue<string> Requests { get; } = new();

    public void Dispose() => _listener.Close();

    private static string Sha256(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));

    private int Listen()
    {
        for (var tries = 0; ; tries++)
        {
            using var free = new TcpListener(IPAddress.Loopback, 0);
            free.Start();
            var port = ((IPEndPoint)free.LocalEndpoint).Port;
            free.Stop();
            _listener.Prefixes.Clear();
            _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
            try
            {
                _listener.Start();
                return port;
            }
            catch (HttpListenerException) when (tries < 10)
            {
                // Another process took the port.
            }
        }
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            Answer(context);
        }
    }

    private void Answer(HttpListenerContext context)
    {
        var path = context.Request.Url!.AbsolutePath;
        Requests.Enqueue(path);
        var wanted = _credentials is null ? null : "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(_credentials));
        if (wanted is not null && context.Request.Headers["Authorization"] != wanted)
        {
            context.Response.StatusCode = 401;
            context.Response.Close();
            return;
        }

        var name = path.TrimEnd('/').Split('/')[^1];
        if (path.StartsWith("/files/", StringComparison.Ordinal))
        {
            context.Response.Close(File.ReadAllBytes(Path.Combine(_folder, name)), willBlock: false);
            return;
        }

        var files = !Directory.Exists(_folder) ? [] : Directory.GetFiles(_folder).Where(file => Metaflow.Python.PyPI.Versions.PythonName
            .Normalize(Path.GetFileName(file).Split('-')[0]) == name).Order().ToList();
        context.Response.StatusCode = files.Count == 0 ? 404 : 200;
        context.Response.ContentType = "text/html";
        var links = files.Select(static file =>
            $"<a href=\"/files/{Path.GetFileName(file)}#sha256={Sha256(file)}\">{Path.GetFileName(file)}</a>");
        context.Response.Close(Encoding.UTF8.GetBytes($"<!DOCTYPE html><html><body>{string.Concat(links)}</body></html>"),
            willBlock: false);
    }
}
