using Metaflow.Python.PyPI.Versions;

namespace Metaflow.Python.Tests.PyPI.Versions;

/// <summary>Compares random versions and constraints with the library that pip brings along.</summary>
public sealed class PackagingComparisonTests
{
    private static int Cases => Environment.GetEnvironmentVariable("METAFLOW_LONG_TESTS") == "1" ? 20_000 : 1_000;

    private static readonly string[] Operators = ["==", "!=", "<", "<=", ">", ">=", "~=", "==="];

    private const string Code = """
        import json, sys
        try:
            from pip._vendor.packaging.version import Version
            from pip._vendor.packaging.specifiers import Specifier, SpecifierSet
        except ImportError:
            from packaging.version import Version
            from packaging.specifiers import Specifier, SpecifierSet

        def version(text):
            try:
                return Version(text)
            except ValueError:
                return None

        def holds(specifier, text):
            try:
                return Specifier(specifier).contains(Version(text), prereleases=True)
            except ValueError:
                return None

        given = json.load(sys.stdin)
        result = []
        for one, other, specifier in given:
            left, right = version(one), version(other)
            order = None if left is None or right is None else (left > right) - (left < right)
            result.append([str(left), order, holds(specifier, one) if left is not None else None])
        json.dump(result, sys.stdout)
        """;

    [Fact]
    public void Random_versions_have_the_form_and_the_order_that_Python_gives_them()
    {
        var oracle = PythonOracle.Require();
        var random = new Random(440);
        var cases = Enumerable.Range(0, Cases).Select(_ => (string[])[Text(random), Text(random), Specifier(random)]).ToList();
        var expected = oracle.Ask<List<object?[]>>(Code, cases);
        for (var i = 0; i < cases.Count; i++)
        {
            var (one, other, specifier) = (cases[i][0], cases[i][1], cases[i][2]);
            var left = PythonVersion.TryParse(one, out var read) ? read : null;
            var right = PythonVersion.TryParse(other, out read) ? read : null;
            Assert.True((left?.ToString() ?? "None") == expected[i][0]!.ToString(), $"{one}: {left} is not {expected[i][0]}");
            int? order = left is null || right is null ? null : Math.Sign(left.CompareTo(right));
            Assert.True(order?.ToString() == expected[i][1]?.ToString(), $"{one} and {other}: {order}");
            bool? holds = left is not null && VersionSpecifier.TryParse(specifier, out var item) ? item.IsSatisfiedBy(left) : null;

            // The library that old versions of pip have takes more after an operator than PEP 440.
            Assert.True(
                holds?.ToString() == expected[i][2]?.ToString() || (holds is null && IsOld(oracle)), $"{one} {specifier}: {holds}");
        }
    }

    private static bool IsOld(PythonOracle oracle) => System.Version.Parse(oracle.Pip) < new System.Version(24, 1);

    private static string Specifier(Random random)
    {
        var version = Text(random);
        return Operators[random.Next(Operators.Length)] + (random.Next(5) == 0 ? version.Split('+')[0] + ".*" : version);
    }

    // Few numbers, so that many versions are equal or neighbours.
    private static string Text(Random random)
    {
        string Number() => random.Next(12) == 0 ? "0" + random.Next(12)
            : random.Next(4).ToString(System.Globalization.CultureInfo.InvariantCulture);
        string Separator() => new[] { "", ".", "-", "_" }[random.Next(4)];
        var text = random.Next(10) == 0 ? "v" : "";
        text += random.Next(8) == 0 ? Number() + "!" : "";
        text += string.Join('.', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Number()));
        string[] kinds = ["a", "b", "c", "rc", "alpha", "BETA", "pre", "preview"];
        text += random.Next(3) == 0 ? Separator() + kinds[random.Next(kinds.Length)] + (random.Next(4) == 0 ? "" : Separator() + Number())
            : "";
        text += random.Next(4) == 0 ? random.Next(3) == 0 ? "-" + Number() : Separator() + "post" + Number() : "";
        text += random.Next(4) == 0 ? Separator() + "dev" + (random.Next(4) == 0 ? "" : Number()) : "";
        text += random.Next(5) == 0 ? "+" + string.Join('.',
            Enumerable.Range(0, random.Next(1, 3)).Select(_ => random.Next(2) == 0 ? Number() : "ab")) : "";
        return random.Next(40) == 0 ? text + "." : text;
    }
}
