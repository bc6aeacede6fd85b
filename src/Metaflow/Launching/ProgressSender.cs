using System.Globalization;
using Metaflow.Platform;
using Microsoft.Win32.SafeHandles;

namespace Metaflow.Launching;

/// <summary>Sends the progress of the task of this process to its launcher. The pipe is opened with the first report: most tasks have
/// none.</summary>
internal sealed class ProgressSender
{
    private readonly int _task;
    private readonly string _address;
    private SafeFileHandle? _pipe;
    private bool _wasOpened;

    private ProgressSender(int task, string address)
    {
        _task = task;
        _address = address;
    }

    /// <summary>Makes what sends reports.</summary>
    /// <param name="address">What the launcher has told the task; <see langword="null"/> when it cannot take reports.</param>
    /// <returns>What sends a report, one at a time; <see langword="null"/> where nobody takes them.</returns>
    public static Action<double?, string?>? Of(string? address)
    {
        var colon = address?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        return colon > 0 && int.TryParse(address.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var task)
            ? new ProgressSender(task, address![(colon + 1)..]).Send
            : null;
    }

    private void Send(double? fraction, string? text)
    {
        if (!_wasOpened)
        {
            _wasOpened = true;
            _pipe = MessagePipe.TryOpenForWriting(_address);
        }

        if (_pipe is not null)
        {
            // A pipe that is full belongs to a scheduler that does not read: its loss.
            MessagePipe.TryWrite(_pipe, new ProgressMessage(_task, fraction, text).ToBytes());
        }
    }
}
