using System.Globalization;
using System.Text.Json;

namespace Metaflow.Storage;

/// <summary>Who holds what an <see cref="ObjectLease"/> stands for, and when that process last gave a sign of life.</summary>
/// <param name="Owner">Tells the holder from all others.</param>
/// <param name="Host">The holder's machine.</param>
/// <param name="ProcessId">The holder's process.</param>
/// <param name="ProcessMark">Tells the process from others that had its id.</param>
/// <param name="At">The last sign of life, by the holder's clock.</param>
/// <param name="IsReleased">Whether it was given back.</param>
internal sealed record LeaseRecord(string Owner, string Host, int ProcessId, string? ProcessMark, DateTimeOffset At, bool IsReleased)
{
    /// <summary>Returns the record of a lease that this process takes.</summary>
    /// <param name="now">The time.</param>
    /// <returns>The record.</returns>
    public static LeaseRecord OfThisProcess(DateTimeOffset now)
        => new(
            Guid.NewGuid().ToString("N"), Environment.MachineName, Environment.ProcessId, Platform.ProcessMark.Of(Environment.ProcessId),
            now, IsReleased: false);

    /// <summary>Returns true if the lease may not be taken: its holder lives, as far as can be told.</summary>
    /// <param name="now">The time.</param>
    /// <returns>Whether it is held.</returns>
    public bool IsHeld(DateTimeOffset now)
        => !IsReleased && now - At < ObjectLease.Silence && !IsOfDeadProcess;

    /// <summary>Gets a value indicating whether the holder was a process of this machine, and is gone.</summary>
    public bool IsOfDeadProcess => Host == Environment.MachineName && !Platform.ProcessMark.Lives(ProcessId, ProcessMark);

    /// <summary>Returns the record as JSON.</summary>
    /// <returns>The bytes.</returns>
    public byte[] ToJson() => RecordJson.Write(json =>
    {
        json.WriteString("owner", Owner);
        json.WriteString("host", Host);
        json.WriteNumber("pid", ProcessId);
        json.WriteString("process", ProcessMark);
        json.WriteString("at", At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        json.WriteBoolean("released", IsReleased);
    });

    /// <summary>Reads a record.</summary>
    /// <param name="utf8">The bytes.</param>
    /// <returns>The record; of one that is damaged, one of which nothing is known, and which therefore holds nothing.</returns>
    public static LeaseRecord FromJson(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var json = JsonDocument.Parse(utf8);
            var root = json.RootElement;
            return new LeaseRecord(
                root.GetProperty("owner").GetString() ?? "",
                root.GetProperty("host").GetString() ?? "",
                root.GetProperty("pid").GetInt32(),
                root.GetProperty("process").GetString(),
                DateTimeOffset.Parse(root.GetProperty("at").GetString() ?? "", CultureInfo.InvariantCulture),
                root.GetProperty("released").GetBoolean());
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return new LeaseRecord("", "", 0, null, DateTimeOffset.UnixEpoch, IsReleased: true);
        }
    }
}
