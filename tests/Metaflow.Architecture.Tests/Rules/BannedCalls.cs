using Metaflow.Architecture.Tests.Sources;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Architecture.Tests.Rules;

/// <summary>Calls that only some places may make, so that tests can vary what the rest sees.</summary>
internal static class BannedCalls
{
    /// <summary>Stands for an author's flow in the process of a task, and does what those do.</summary>
    private const string Probe = "src/Metaflow.Testing/Conformance/LauncherProbe.cs";

    public static readonly IReadOnlyList<Ban> Bans =
    [
        new(
            "System.Environment", ["Exit", "FailFast"], "Return an exit code to the entry point.",
            // Of a command that hangs, no entry point gets the code.
            ["src/Metaflow/Programs/InterruptionSignals.cs", Probe]),
        new(
            "System.Environment",
            ["GetEnvironmentVariable", "GetEnvironmentVariables"],
            "Read the settings.",
            [
                "src/Metaflow.Core/Settings/", "src/Metaflow/InProcess/SharedVariables.cs",
                "src/Metaflow.Core/Platform/ProcessVariables.cs",
                // The variables of the clouds' own tools are no settings of Metaflow's.
                "src/Metaflow.Aws/Credentials/AwsProfile.cs", "src/Metaflow.Azure/Credentials/AzureVariables.cs",
                "src/Metaflow.Gcp/Credentials/GoogleVariables.cs", "src/Metaflow.ObjectStorage/Http/ProxyVariables.cs", Probe,
            ]),
        new("System.DateTime", ["Now", "UtcNow", "Today"], "Take the time from a TimeProvider.", []),
        new("System.DateTimeOffset", ["Now", "UtcNow"], "Take the time from a TimeProvider.", []),
        new("System.Threading.Thread", ["Sleep"], "Wait for what you wait for.", []),
        new(
            "System.Console", [], "Write to the writer or the log that you were given.",
            [
                "src/Metaflow.Cli/", "src/Metaflow/Programs/", "src/Metaflow/InProcess/", "src/Metaflow.Tool/Program.cs",
                // What a step's program prints is output of the step.
                "src/Metaflow/PythonSteps/PrefixPrograms.cs",
                Probe,
            ]),
        new(
            "Metaflow.Storage.LocalBlobStore",
            [".ctor"],
            "Open stores by their address: RunStores.",
            ["src/Metaflow.Core/Stores/LocalStorePlugin.cs"]),
        new(
            "Metaflow.Metadata.LocalMetadataProvider",
            [".ctor"],
            "Open stores by their address: RunStores.",
            ["src/Metaflow.Core/Stores/LocalStorePlugin.cs"]),
        new(
            "Metaflow.Launching.LocalTaskLauncher",
            [".ctor"],
            "Ask for a launcher by its name: Launchers.",
            ["src/Metaflow/Launching/LocalLauncherPlugin.cs"]),
        new("System.Diagnostics.Process", ["Start"], "Let a launcher start processes.",
            [
                "src/Metaflow/Launching/", "src/Metaflow.Tool/Programs/", "src/Metaflow.ObjectStorage/Credentials/CredentialProcess.cs",
                // The SDK, which finds packages.
                "src/Metaflow.Environments/Resolution/SdkRestore.cs",
                // pip and conda, the signer of macOS, and what steps run.
                "src/Metaflow.Python/Processes/ChildProcess.cs", "src/Metaflow.Python/Conda/Linking/CodeSignature.cs",
                "src/Metaflow/PythonSteps/PrefixPrograms.cs",
                Probe,
            ]),
    ];

    /// <summary>The member that stands for making an object.</summary>
    private const string Constructor = ".ctor";

    public static IReadOnlyList<string> Check(ProjectCompilation project, IReadOnlyList<Ban> bans)
    {
        var problems = new List<string>();
        foreach (var tree in project.Compilation.SyntaxTrees)
        {
            // What a name means is the dear question: a file that does not mention a type that is banned as a whole is not asked.
            var text = tree.ToString();
            var relevant = bans.Where(ban => !ban.Places.Any(place => tree.FilePath.StartsWith(place, StringComparison.Ordinal))
                && (ban.Members.Count > 0 || text.Contains(ban.ShortType, StringComparison.Ordinal))).ToList();
            var model = project.Compilation.GetSemanticModel(tree);
            foreach (var name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
            {
                if (Find(name, model, relevant) is { } ban)
                {
                    var line = name.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
                    problems.Add($"{tree.FilePath}:{line}: '{ban.Type}.{name.Identifier.Text}' is banned here. {ban.Instead}");
                }
            }
        }

        return problems;
    }

    private static Ban? Find(SimpleNameSyntax name, SemanticModel model, IReadOnlyList<Ban> bans)
    {
        // Most names are no member of a banned type: the cheap question first.
        var making = name.Ancestors().OfType<ObjectCreationExpressionSyntax>().FirstOrDefault();
        var isMade = making is not null && making.Type.Span.End == name.Span.End;
        var possible = bans.Where(ban => ban.Members.Count == 0 || ban.Members.Contains(isMade ? Constructor : name.Identifier.Text))
            .ToList();
        if (possible.Count == 0 || name.Ancestors().Any(static node => node is DocumentationCommentTriviaSyntax))
        {
            return null;
        }

        var info = model.GetSymbolInfo(isMade ? making! : name);
        var symbol = info.Symbol ?? info.CandidateSymbols.FirstOrDefault();
        return symbol?.ContainingType is { } type ? possible.Find(ban => ban.Type == type.ToDisplayString()) : null;
    }
}

/// <summary>A call that only some places may make.</summary>
/// <param name="Type">The type, in full.</param>
/// <param name="Members">Its members; all of them when there are none.</param>
/// <param name="Instead">What to do instead.</param>
/// <param name="Places">How the paths begin of the files that may.</param>
internal sealed record Ban(string Type, IReadOnlyList<string> Members, string Instead, IReadOnlyList<string> Places)
{
    /// <summary>Gets the type without its namespace.</summary>
    public string ShortType => Type[(Type.LastIndexOf('.') + 1)..];
}
