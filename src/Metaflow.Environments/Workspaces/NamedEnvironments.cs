using Metaflow.Environments.Records;
using Metaflow.Environments.Requirements;
using Metaflow.Environments.Storage;
using Metaflow.Errors;
using Metaflow.Platform;

namespace Metaflow.Environments.Workspaces;

/// <summary>Finds environments by the names and pathspecs that requirements have.</summary>
/// <param name="book">The environments that are known.</param>
internal sealed class NamedEnvironments(EnvironmentBook book)
{
    /// <summary>Finds the environment that a text names.</summary>
    /// <param name="text">A name, both hashes, the hash of packages, or <c>step:Flow/run/step</c>.</param>
    /// <param name="architecture">The kind of machine.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The environment.</returns>
    /// <exception cref="EnvironmentException">MF7034: the text is no name. MF7036: the task has no environment. MF7039: there is no such
    /// environment.</exception>
    public async Task<ResolvedEnvironment> FindAsync(string text, string architecture, CancellationToken cancellationToken)
        => await book.ResolveAsync(text, architecture, cancellationToken).ConfigureAwait(false) is { } id
            && await book.FindAsync(id, cancellationToken).ConfigureAwait(false) is { } environment
                ? environment
                : throw Unknown($"'{text}' for '{architecture}'", book.Cache is not null);

    /// <summary>Finds the environment that a text names, for whatever kind of machine there is one.</summary>
    /// <param name="text">As of the other overloads.</param>
    /// <param name="architecture">The kind of machine that is looked for first.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The environments of all kinds of machines that have it, at least one. The one looked for first is the first.</returns>
    /// <exception cref="EnvironmentException">See the other overload.</exception>
    public async Task<IReadOnlyList<ResolvedEnvironment>> FindAllAsync(
        string text, string architecture, CancellationToken cancellationToken)
    {
        var found = new List<ResolvedEnvironment>();
        if (await book.ResolveAsync(text, architecture, cancellationToken).ConfigureAwait(false) is { } id)
        {
            foreach (var machine in MachineKinds.All.Prepend(architecture).Distinct())
            {
                if (await book.FindAsync(id with { Architecture = machine }, cancellationToken).ConfigureAwait(false) is { } environment)
                {
                    found.Add(environment);
                }
            }
        }

        return found.Count > 0 ? found : throw Unknown($"'{text}'", book.Cache is not null);
    }

    /// <summary>Finds the environment that a requirement begins with. Its name may have variables of this process.</summary>
    /// <param name="requirement">The requirement.</param>
    /// <param name="architecture">The kind of machine.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The environment; <see langword="null"/> if the requirement names none.</returns>
    /// <exception cref="EnvironmentException">See the other overload. MF7037: a variable is not set.</exception>
    public async Task<ResolvedEnvironment?> FindAsync(
        EnvironmentRequirement requirement, string architecture, CancellationToken cancellationToken)
        => requirement.Start is null ? null
            : await FindAsync(requirement, static _ => null, architecture, cancellationToken).ConfigureAwait(false);

    /// <summary>Finds the environment that a requirement begins with, for a task. Its name may have variables of the task, and of this
    /// process: a run that a task of another run starts has the variables of both.</summary>
    /// <param name="requirement">The requirement, which names an environment.</param>
    /// <param name="ofTask">Returns the value of a variable of the task; <see langword="null"/> if there is no such variable.</param>
    /// <param name="architecture">The kind of machine.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The environment.</returns>
    /// <exception cref="EnvironmentException">See the other overloads.</exception>
    public Task<ResolvedEnvironment> FindAsync(
        EnvironmentRequirement requirement, Func<string, string?> ofTask, string architecture, CancellationToken cancellationToken)
        => FindAsync(
            NameTemplate.Fill(requirement.Start!, name => ofTask(name) ?? ProcessVariables.ValueOf(name)), architecture, cancellationToken);

    /// <summary>Returns the requirement of an environment with more packages than another one: those of the other one, exactly, except
    /// where the requirement says otherwise.</summary>
    /// <param name="environment">The environment to begin with.</param>
    /// <param name="requirement">What is asked for in addition.</param>
    /// <returns>The requirement.</returns>
    public static EnvironmentRequirement Extend(ResolvedEnvironment environment, EnvironmentRequirement requirement)
    {
        var packages = new Dictionary<string, IReadOnlyDictionary<string, string>>
        {
            [Categories.NuGet] = environment.Libraries.ToDictionary(
                static package => package.Id.ToLowerInvariant(), static package => $"[{package.Version}]", StringComparer.Ordinal),
        };
        AddPins(packages, Categories.Conda, environment.Packages.OfType<CondaPackage>().Select(static package
            => (package.Name, package.Build.Length == 0 ? package.Version : $"{package.Version}={package.Build}")));
        AddPins(packages, Categories.PyPI, environment.Packages.OfType<PyPIPackage>().Select(static package
            => (package.Name, package.Version)));
        if (environment.Runtime is { } runtime)
        {
            packages.Add(Categories.DotNet, new Dictionary<string, string> { [RuntimeRequirement.Name] = runtime.Version });
        }

        var known = new EnvironmentRequirement($"the environment '{environment.Id}'")
        {
            Packages = packages,
            Sources = SourcesOf(environment),
        };
        return EnvironmentRequirement.Override(known, requirement with { Name = null, Pathspec = null });
    }

    private static void AddPins(
        Dictionary<string, IReadOnlyDictionary<string, string>> packages, string category,
        IEnumerable<(string Name, string Constraint)> pins)
    {
        var all = pins.ToDictionary(static pin => pin.Name, static pin => pin.Constraint, StringComparer.Ordinal);
        if (all.Count > 0)
        {
            packages.Add(category, all);
        }
    }

    /// <summary>Says which packages of an environment have another version in one that began with it.</summary>
    /// <param name="start">The environment to begin with.</param>
    /// <param name="found">The environment that was found.</param>
    /// <param name="place">Where the other versions are asked for.</param>
    /// <returns>A sentence for each package.</returns>
    public static IEnumerable<string> Replaced(ResolvedEnvironment start, ResolvedEnvironment found, string place)
        => from package in start.Packages
           let other = found.Packages.FirstOrDefault(other
               => other.Category == package.Category && other.Name.Equals(package.Name, StringComparison.OrdinalIgnoreCase))
           where other is not null && other.Version != package.Version
           select $"{other.Name} {other.Version} takes the place of {package.Version} of the environment '{start.Id}': {place} asks for "
               + "it.";

    /// <summary>Returns the requirement that an environment was resolved for, to resolve it anew.</summary>
    /// <param name="environment">The environment.</param>
    /// <returns>The requirement. Its sources have no credentials.</returns>
    public static EnvironmentRequirement RequirementOf(ResolvedEnvironment environment)
        => new($"the environment '{environment.Id}'")
        {
            Packages = environment.Requirements.Where(static text => !RuntimeRequirement.IsFramework(text))
                .GroupBy(static text => text.Category, StringComparer.Ordinal)
                .ToDictionary(
                    static category => category.Key,
                    static IReadOnlyDictionary<string, string> (category) => category.Select(static text => Parts(text.Value))
                        .ToDictionary(static parts => parts.Name, static parts => parts.Constraint),
                    StringComparer.Ordinal),
            Sources = SourcesOf(environment),
            UniqueKeys = environment.UniqueKeys,
        };

    // A marker that stands alone follows the name directly.
    private static (string Name, string Constraint) Parts(string value)
    {
        var start = value.IndexOf("==", StringComparison.Ordinal);
        var marker = value.IndexOf(';', StringComparison.Ordinal);
        return marker >= 0 && (start < 0 || marker < start) ? (value[..marker], value[marker..])
            : start < 0 ? (value, "") : (value[..start], value[(start + 2)..]);
    }

    /// <summary>Returns the framework that an environment was resolved for.</summary>
    /// <param name="environment">The environment.</param>
    /// <returns>The framework, such as <c>net10.0</c>; <see langword="null"/> if it has no packages of NuGet.</returns>
    public static string? FrameworkOf(ResolvedEnvironment environment) => RuntimeRequirement.FrameworkOf(environment.Requirements);

    private static Dictionary<string, IReadOnlyList<string>> SourcesOf(ResolvedEnvironment environment)
        => environment.Sources.GroupBy(static source => source.Category, StringComparer.Ordinal).ToDictionary(
            static category => category.Key,
            static IReadOnlyList<string> (category) => [.. category.Select(static source => source.Value)],
            StringComparer.Ordinal);

    /// <summary>Returns the error of an environment that is not there.</summary>
    /// <param name="what">What was looked for.</param>
    /// <param name="asksDatastore">Whether it was looked for in the datastore, too.</param>
    /// <returns>The error.</returns>
    internal static EnvironmentException Unknown(string what, bool asksDatastore) => new(
        ErrorCodes.EnvironmentUnknown,
        $"There is no environment {what}.",
        asksDatastore ? "Neither this machine nor the datastore has it."
            : "This machine does not have it, and the datastore was not asked.",
        "'metaflow environment list' shows those that there are. 'metaflow environment resolve --alias' makes one with a name.");
}
