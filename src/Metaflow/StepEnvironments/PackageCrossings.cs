using System.Runtime.InteropServices;
using System.Text.Json;
using Metaflow.Definition;
using Metaflow.Environments.Checks;
using Metaflow.Environments.Creation;
using Metaflow.Environments.Crossings;
using Metaflow.Environments.Programs;
using Metaflow.Environments.Records;
using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.Plugins;
using Metaflow.Serialization;

namespace Metaflow.StepEnvironments;

/// <summary>Says which artifacts cannot pass from one step to another, because the steps run with different versions of a package that has
/// their type.</summary>
/// <param name="definition">The flow's definition.</param>
/// <param name="flow">The flow's class.</param>
/// <param name="program">The program.</param>
/// <param name="folder">The environments of this machine.</param>
internal sealed class PackageCrossings(FlowDefinition definition, FlowClass flow, CompiledProgram program, EnvironmentFolder folder)
{
    private const string OneVersion = "Give both steps the same version of the package, or exchange a type of your own or plain data.";
    private const string OtherVersion = "Choose a version that has the type, or store a type of your own or plain data.";

    /// <summary>Finds the problems.</summary>
    /// <param name="environments">The environments of the steps that have one.</param>
    /// <param name="unknown">The steps whose environments are not known.</param>
    /// <returns>Errors for what certainly fails, warnings for what may fail.</returns>
    public IReadOnlyList<GraphProblem> Find(
        IReadOnlyDictionary<string, ResolvedEnvironment> environments, IReadOnlySet<string> unknown)
    {
        if (environments.Count == 0)
        {
            return [];
        }

        using var dependencies = JsonDocument.Parse(File.ReadAllBytes(program.DependenciesFile));
        var own = OwnAssemblies.Of(program, dependencies.RootElement);
        using var code = new OwnCode(own, [RuntimeEnvironment.GetRuntimeDirectory()]);
        var known = new List<StepAssemblies>();
        try
        {
            var assembliesOf = AssembliesOf(environments, own, PackagesOf(dependencies.RootElement), known);
            var crossings = new FlowCrossings(
                definition, new FlowCode(code, Path.GetFileNameWithoutExtension(program.AssemblyFile)), flow.Name,
                step => unknown.Contains(step) ? null : assembliesOf(step));
            return [.. crossings.Find().Select(ProblemOf)];
        }
        finally
        {
            known.ForEach(static assemblies => assemblies.Dispose());
        }
    }

    /// <summary>Refuses a run that would fail.</summary>
    /// <param name="problems">The problems.</param>
    /// <exception cref="EnvironmentException">One of them is an error (MF7028).</exception>
    public static void Refuse(IEnumerable<GraphProblem> problems)
    {
        var errors = problems.Where(static problem => problem.Severity == ProblemSeverity.Error).ToList();
        if (errors is [var first, .. var more])
        {
            throw new EnvironmentException(
                first.Code, first.What, first.Why,
                more.Count == 0 ? first.Fix : $"{first.Fix} There are {more.Count} more artifacts of this kind, which 'check' lists.");
        }
    }

    /// <summary>Gives the same object for steps with the same assemblies.</summary>
    private Func<string, StepAssemblies> AssembliesOf(
        IReadOnlyDictionary<string, ResolvedEnvironment> environments, IReadOnlyList<string> own,
        Dictionary<string, string> ofProgram, List<StepAssemblies> known)
    {
        // The program's own packages are where this process found them.
        var loadable = AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string ?? "";
        IReadOnlyList<string> files = [.. own, .. loadable.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)];
        var byId = new Dictionary<string, StepAssemblies>(StringComparer.Ordinal);
        return step =>
        {
            var environment = environments.GetValueOrDefault(step);
            var id = environment?.Id.ToString() ?? "";
            if (!byId.TryGetValue(id, out var assemblies))
            {
                var packages = environment is null ? new Dictionary<string, string>()
                    : StepAssemblies.FilesOf(environment, folder.Packages.FileOf, IgnoredOf(environment));
                assemblies = new StepAssemblies(packages, files, ofProgram);
                known.Add(assemblies);
                byId.Add(id, assemblies);
            }

            return assemblies;
        };
    }

    private List<string> IgnoredOf(ResolvedEnvironment environment) =>
    [
        .. environment.Libraries.SelectMany(package => IgnoredAssembly.Of(package, [folder.FrameworkOf(environment)]))
            .Select(static ignored => ignored.Assembly),
    ];

    private static Dictionary<string, string> PackagesOf(JsonElement dependencies)
    {
        var packages = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var library in ProgramPackages.Read(dependencies).Where(static library => library.IsPackage))
        {
            foreach (var asset in library.Content.TryGetProperty("runtime", out var assets) ? assets.EnumerateObject() : default)
            {
                packages.TryAdd(Path.GetFileNameWithoutExtension(asset.Name), $"{library.Name} {library.Version}");
            }
        }

        return packages;
    }

    private GraphProblem ProblemOf(FlowCrossing crossing)
    {
        // An encoding of a plug-in has rules of its own.
        var isCertain = crossing.Problem.IsCertain
            && (crossing.Writer is null || !ProgramPlugins.Registry.All<IArtifactEncoding>().Any());
        var what = crossing.Writer is null
            ? $"Step '{crossing.Reader}' cannot start: its version of a package lacks the type of the artifact '{crossing.Artifact}'."
            : $"Step '{crossing.Reader}' {(isCertain ? "cannot" : "may fail to")} read the artifact '{crossing.Artifact}' that step "
                + $"'{crossing.Writer}' writes.";
        var member = crossing.Problem.Member;
        var why = member.Length == 0 ? crossing.Problem.Reason : $"'{crossing.Artifact}{member}' differs: {crossing.Problem.Reason}";
        var step = definition.Graph.Find(crossing.Reader)!;
        return new GraphProblem(
            isCertain ? ErrorCodes.ValueCannotCross : ErrorCodes.ValueMayNotCross,
            isCertain ? ProblemSeverity.Error : ProblemSeverity.Warning,
            what, why, crossing.Writer is null ? OtherVersion : OneVersion, step.Name, step.Line, step.SourceFile)
        { Artifact = crossing.Artifact };
    }
}
