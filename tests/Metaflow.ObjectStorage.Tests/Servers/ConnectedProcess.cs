using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Metaflow.ObjectStorage.Tests.Servers;

/// <summary>The process of this machine at the other end of a connection, by what Linux says of sockets.</summary>
internal static class ConnectedProcess
{
    private const int AddressField = 1;
    private const int InodeField = 9;

    /// <summary>Kills the process that sent a request, and waits until its connection is gone: it sends nothing more.</summary>
    /// <param name="context">The request.</param>
    public static async Task KillAsync(HttpContext context)
    {
        using var gone = new SemaphoreSlim(0);
        await using var registration = context.RequestAborted.Register(() => gone.Release());
        if (Find(context.Connection.RemotePort) is { } id)
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
            await gone.WaitAsync(TimeSpan.FromSeconds(60));
        }

        context.Abort();
    }

    /// <summary>Returns the id of the process that has a connection; <see langword="null"/> if it has ended.</summary>
    private static int? Find(int port)
    {
        var end = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        var inode = ((string[])["/proc/net/tcp", "/proc/net/tcp6"]).SelectMany(File.ReadLines)
            .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .FirstOrDefault(fields => fields[AddressField].EndsWith(end, StringComparison.Ordinal))?[InodeField];
        return Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
            .Where(static name => int.TryParse(name, out _)).Select(static name => int.Parse(name!, CultureInfo.InvariantCulture))
            .Cast<int?>().FirstOrDefault(id => Has(id!.Value, $"socket:[{inode}]"));
    }

    private static bool Has(int id, string socket)
    {
        try
        {
            return Directory.EnumerateFiles($"/proc/{id}/fd").Any(file => new FileInfo(file).LinkTarget == socket);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
