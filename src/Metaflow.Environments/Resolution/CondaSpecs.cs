using Metaflow.Environments.Requirements;
using Metaflow.Python.Conda.Matching;

namespace Metaflow.Environments.Resolution;

/// <summary>Turns requirements as environments are known by into what the solver reads.</summary>
internal static class CondaSpecs
{
    private const string Equality = "==";
    private static readonly char[] Operators = ['<', '>', '~', '!', '='];

    /// <summary>Returns what a requirement for a package of conda asks for.</summary>
    /// <param name="value">The requirement without its category: <c>name</c>, <c>name==1.2</c>, <c>name==&gt;=1,&lt;2</c>,
    /// <c>channel::name==1.2=build</c>.</param>
    /// <returns>The specification.</returns>
    /// <exception cref="Errors.EnvironmentException">It cannot be read (MF7051).</exception>
    public static MatchSpec Of(string value)
    {
        var start = value.IndexOf(Equality, StringComparison.Ordinal);
        return MatchSpec.Parse(start < 0 ? value : $"{value[..start]} {Constraint(value[(start + Equality.Length)..])}");
    }

    /// <summary>Returns name and version of a property of a machine.</summary>
    /// <param name="value">The requirement without its category: <c>__glibc==2.27=0</c>.</param>
    /// <returns>The name, and the version without the build.</returns>
    public static (string Name, string Version) Property(string value)
    {
        var parts = value.Split(Equality, 2);
        return (parts[0], parts is [_, var version] ? version.Split('=')[0] : "");
    }

    // A version alone means exactly it, and a build may follow it.
    private static string Constraint(string constraint)
    {
        var items = constraint.Split(',').Select(static item => item.Trim()).ToList();
        if (items is [var only] && only.Split('=', StringSplitOptions.RemoveEmptyEntries) is [var version, var build]
            && !Operators.Contains(only[0]))
        {
            return $"{Exact(version)} {build}";
        }

        return string.Join(',', items.Select(Exact));
    }

    private static string Exact(string item)
        => item.Length == 0 || Operators.Contains(item[0]) || item.Contains('*', StringComparison.Ordinal) ? item : Equality + item;
}
