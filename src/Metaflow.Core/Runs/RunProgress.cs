using System.Text.Json;

namespace Metaflow.Runs;

/// <summary>How many tasks of a run there are in each state.</summary>
/// <param name="Done">Tasks that finished.</param>
/// <param name="Failed">Tasks that failed in all their attempts.</param>
/// <param name="Running">Tasks that are running, or were running when the scheduler died.</param>
/// <param name="Queued">Tasks that are waiting for a worker or for their next attempt.</param>
public sealed record RunProgress(int Done, int Failed, int Running, int Queued)
{
    private const string Member = "tasks";

    /// <summary>Gets how many of the finished tasks were cloned from another run; 0 where the run does not say.</summary>
    public int Cloned { get; init; }

    /// <summary>Writes the numbers as a member of a journal's record.</summary>
    /// <param name="json">Receives them.</param>
    public void Write(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartArray(Member);
        json.WriteNumberValue(Done);
        json.WriteNumberValue(Failed);
        json.WriteNumberValue(Running);
        json.WriteNumberValue(Queued);
        json.WriteNumberValue(Cloned);
        json.WriteEndArray();
    }

    /// <summary>Reads the numbers of the last record of a run's journal.</summary>
    /// <param name="home">Where the run is kept.</param>
    /// <param name="flow">The flow's name.</param>
    /// <param name="runId">The run's id.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The numbers; <see langword="null"/> if there is no journal.</returns>
    /// <exception cref="Errors.MetadataException">The journal is damaged (MF5020).</exception>
    internal static async ValueTask<RunProgress?> ReadAsync(IRunHome home, string flow, string runId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(home);
        if (await home.ReadLastAsync(flow, runId, cancellationToken).ConfigureAwait(false) is not { } record)
        {
            return null;
        }

        using var json = JsonDocument.Parse(record);
        return json.RootElement.TryGetProperty(Member, out var numbers) && numbers.GetArrayLength() >= 4
            ? new RunProgress(numbers[0].GetInt32(), numbers[1].GetInt32(), numbers[2].GetInt32(), numbers[3].GetInt32())
            {
                // Journals of earlier versions lack it.
                Cloned = numbers.GetArrayLength() > 4 ? numbers[4].GetInt32() : 0,
            }
            : null;
    }
}
