namespace Metaflow.Python.Tests.Channels;

/// <summary>What a server does wrong at a path.</summary>
public sealed record LocalFault
{
    /// <summary>How often it happens. The default is always.</summary>
    public int Times { get; init; } = int.MaxValue;

    /// <summary>The status to answer with instead of the file.</summary>
    public int? Status { get; init; }

    /// <summary>Further lines of the answer's head, such as <c>Retry-After: 1</c>.</summary>
    public IReadOnlyList<string> Headers { get; init; } = [];

    /// <summary>How long to wait before the answer.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>How long to wait after each block of 64 KiB.</summary>
    public TimeSpan Pause { get; init; }

    /// <summary>After how many bytes of the body the connection is dropped.</summary>
    public long? CutAfter { get; init; }

    /// <summary>The place of a byte of the file that is sent wrong.</summary>
    public long? WrongByteAt { get; init; }

    /// <summary>Another body than the file.</summary>
    public byte[]? Body { get; init; }
}
