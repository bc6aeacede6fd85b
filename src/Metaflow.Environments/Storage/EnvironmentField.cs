using System.Text.Json;
using Metaflow.Client;
using Metaflow.Environments.Records;
using Metaflow.Errors;
using Metaflow.Metadata;

namespace Metaflow.Environments.Storage;

/// <summary>The environments of tasks, as their metadata say.</summary>
internal static class EnvironmentField
{
    /// <summary>Returns the value of the field.</summary>
    /// <param name="id">The environment.</param>
    /// <returns>The JSON, as the extension writes it.</returns>
    public static string ToText(EnvironmentId id)
        => $"[\"{JsonEncodedText.Encode(id.RequestId)}\", \"{JsonEncodedText.Encode(id.FullId)}\", "
            + $"\"{JsonEncodedText.Encode(id.Architecture)}\"]";

    /// <summary>Returns the environment that a value of the field names.</summary>
    /// <param name="text">The value.</param>
    /// <returns>Its identity; <see langword="null"/> if it names none.</returns>
    public static EnvironmentId? Parse(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement is { ValueKind: JsonValueKind.Array } parts && parts.GetArrayLength() == 3
                && parts.EnumerateArray().All(static part => part.ValueKind == JsonValueKind.String && part.GetString() is not "")
                    ? new EnvironmentId(parts[0].GetString()!, parts[1].GetString()!, parts[2].GetString()!)
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Returns the environment that a task had.</summary>
    /// <param name="client">Reads the records.</param>
    /// <param name="pathspec">The task, or its step.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Its identity.</returns>
    /// <exception cref="MetadataException">There is no such task (MF5010 and the like).</exception>
    /// <exception cref="EnvironmentException">It had none (MF7036).</exception>
    public static async ValueTask<EnvironmentId> FindAsync(MetaflowClient client, string pathspec, CancellationToken cancellationToken)
    {
        // Whose run it is does not matter.
        client = client.WithNamespace(null);
        var isTask = pathspec.Count(static character => character == '/') == 3;
        var task = isTask
            ? await client.GetTaskAsync(pathspec, null, cancellationToken).ConfigureAwait(false)
            : await (await client.GetStepAsync(pathspec, cancellationToken).ConfigureAwait(false)).GetTaskAsync(cancellationToken)
                .ConfigureAwait(false);
        var metadata = task is null ? null : await task.GetMetadataDictionaryAsync(cancellationToken).ConfigureAwait(false);
        var text = metadata?.GetValueOrDefault(InternalFields.Environment);
        return (text is null ? null : Parse(text)) ?? throw new EnvironmentException(
            ErrorCodes.TaskHasNoEnvironment,
            $"'{pathspec}' has no environment.",
            task is null ? "No task of the step was started."
                : text is null
                    ? $"The metadata of the task have no '{InternalFields.Environment}': it ran with the packages of the program."
                : $"The metadata of the task have '{InternalFields.Environment}' in another form, as versions before 2023 wrote it.",
            "Name a task that ran in an environment, or name the environment itself.");
    }
}
