using Metaflow.Errors;

namespace Metaflow.Artifacts;

/// <summary>The error of reading an artifact that no step has set.</summary>
internal static class MissingArtifact
{
    public static StepFailedException Error(string name) => new(
        ErrorCodes.ArtifactNotSet,
        $"The artifact '{name}' was read before any step set it.",
        "Neither this task nor the tasks before it have a value for it. A join begins with only the parameters.",
        $"Set '{name}' in an earlier step. In a join, take it from the inputs.");
}
