using Metaflow.Errors;
using Metaflow.Python.Conda.Matching;
using Metaflow.Python.Conda.Versions;

namespace Metaflow.Python.Tests.Conda.Matching;

public sealed class MatchSpecTests
{
    private static readonly string Sha256 = new('a', 64);

    [Theory]
    [InlineData("NumPy", "numpy")]
    [InlineData("numpy=1.2", "numpy=1.2")]
    [InlineData("numpy=1.2.*", "numpy=1.2")]
    [InlineData("numpy 1.2.*", "numpy=1.2")]
    [InlineData("numpy==1.2", "numpy==1.2")]
    [InlineData("numpy 1.2", "numpy==1.2")]
    [InlineData("numpy=1.2=py311_0", "numpy==1.2=py311_0")]
    [InlineData("numpy 1.2 py311_0", "numpy==1.2=py311_0")]
    [InlineData("numpy  1.2   py311_0 ", "numpy==1.2=py311_0")]
    [InlineData("numpy * py311*", "numpy[build=py311*]")]
    [InlineData("numpy >=1.0 , < 2.0 py34_0", "numpy[version='>=1.0,<2.0',build=py34_0]")]
    [InlineData("numpy >=1.0 , < 2.0 =py34_0", "numpy[version='>=1.0,<2.0',build=py34_0]")]
    [InlineData("numpy >=1.8,<2|==1.7", "numpy[version='>=1.8,<2|==1.7']")]
    [InlineData("numpy!=1.5", "numpy[version='!=1.5']")]
    [InlineData("numpy ~=1.4.5", "numpy[version='~=1.4.5']")]
    [InlineData("conda-forge::numpy=1.26", "conda-forge::numpy=1.26")]
    [InlineData("conda-forge/linux-64::numpy", "conda-forge/linux-64::numpy")]
    [InlineData("http://127.0.0.1:8080/chan::numpy 1.2", "http://127.0.0.1:8080/chan::numpy==1.2")]
    [InlineData("https://ada:secret@host/chan::numpy", "https://host/chan::numpy")]
    [InlineData("numpy[version='>=1.21',build='py311*']", "numpy[version='>=1.21',build=py311*]")]
    [InlineData("numpy[version=1.2, build_number=3, subdir=linux-64]", "numpy==1.2[subdir=linux-64,build_number=3]")]
    [InlineData("numpy[channel=conda-forge]", "conda-forge::numpy")]
    [InlineData("numpy[build_number='>=3']", "numpy[build_number='>=3']")]
    [InlineData("numpy[license=MIT, track_features='mkl fast', features=b]", "numpy[track_features='fast mkl',features=b,license=MIT]")]
    [InlineData("numpy 1.2 # what follows says nothing", "numpy==1.2")]
    [InlineData("numpy=", "numpy")]
    [InlineData("_libgcc_mutex 0.1 conda_forge", "_libgcc_mutex==0.1=conda_forge")]
    [InlineData("__glibc >=2.17,<3.0.a0", "__glibc[version='>=2.17,<3.0.a0']")]
    [InlineData("blas * openblas", "blas[build=openblas]")]
    [InlineData("mkl 2023.*.*", "mkl=2023")]
    public void A_match_spec_is_read_and_written_as_conda_does(string text, string canonical)
    {
        Assert.Equal(canonical, MatchSpec.Parse(text).ToString());
        Assert.Equal(canonical, MatchSpec.Parse(canonical).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("=1.2")]
    [InlineData("conda-forge::")]
    [InlineData("numpy==")]
    [InlineData("numpy >=")]
    [InlineData("numpy 1..2")]
    [InlineData("numpy[version=1.2")]
    [InlineData("numpy[version='1.2]")]
    [InlineData("numpy[colour=red]")]
    [InlineData("numpy[version]")]
    [InlineData("numpy[version=1][build=2]")]
    [InlineData("numpy[version=1,version=2]")]
    [InlineData("numpy[name=scipy]")]
    [InlineData("numpy 1.2 py_0 more")]
    [InlineData("num*")]
    [InlineData("numpy * ^py(.*$")]
    public void A_text_that_is_no_match_spec_is_refused_with_a_code(string text)
        => Assert.Equal("MF7051", Assert.Throws<EnvironmentException>(() => MatchSpec.Parse(text)).Code);

    [Fact]
    public void An_error_does_not_show_a_password()
    {
        var error = Assert.Throws<EnvironmentException>(() => MatchSpec.Parse("https://ada:secret@host/t/token/chan::numpy 1..2"));

        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("token", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("numpy", true)]
    [InlineData("scipy", false)]
    [InlineData("numpy=1.26", true)]
    [InlineData("numpy 1.26", false)]
    [InlineData("numpy 1.26.4 py311h1_3", true)]
    [InlineData("numpy * PY311*_3", true)]
    [InlineData("numpy * ^py31[12].*$", true)]
    [InlineData("numpy * ^py31[23].*$", false)]
    [InlineData("numpy[build_number=3]", true)]
    [InlineData("numpy[build_number='<3']", false)]
    [InlineData("main::numpy", true)]
    [InlineData("other::numpy", false)]
    [InlineData("https://host/main::numpy", true)]
    [InlineData("https://ada:secret@host/main::numpy", true)]
    [InlineData("main/linux-64::numpy", true)]
    [InlineData("main/noarch::numpy", false)]
    [InlineData("numpy[license='bsd*']", true)]
    [InlineData("numpy[track_features='a b']", true)]
    [InlineData("numpy[track_features=a]", false)]
    [InlineData("numpy[md5=0123456789ABCDEF0123456789abcdef]", true)]
    [InlineData("numpy[md5=0123456789abcdef0123456789abcde0]", false)]
    [InlineData("numpy[fn=numpy-1.26.4-py311h1_3.conda]", true)]
    [InlineData("https://host/main/linux-64/numpy-1.26.4-py311h1_3.conda", true)]
    [InlineData("https://host/main/linux-64/numpy-1.26.4-py311h1_3.conda#0123456789abcdef0123456789abcdef", true)]
    [InlineData("https://host/main/linux-64/numpy-1.26.4-py311h1_3.conda#0123456789abcdef0123456789abcde0", false)]
    [InlineData("https://host/main/linux-64/numpy-1.26.4-py311h1_4.conda", false)]
    public void A_record_is_what_is_asked_for(string spec, bool does) => Assert.Equal(does, MatchSpec.Parse(spec).Matches(Record()));

    [Fact]
    public void The_address_of_a_file_names_its_package_and_keeps_its_hash()
    {
        var spec = MatchSpec.Parse($"https://host/main/linux-64/libgcc-ng-13.2.0-h1_3.tar.bz2#sha256:{Sha256}");

        Assert.Equal(("libgcc-ng", Sha256), (spec.Name, spec.Sha256));
    }

    private static CondaRecord Record() => new()
    {
        Name = "numpy",
        Version = CondaVersion.Parse("1.26.4"),
        Build = "py311h1_3",
        BuildNumber = 3,
        Subdir = "linux-64",
        License = "BSD-3-Clause",
        TrackFeatures = ["b", "a"],
        Md5 = "0123456789abcdef0123456789abcdef",
        FileName = "numpy-1.26.4-py311h1_3.conda",
        Url = "https://host/main/linux-64/numpy-1.26.4-py311h1_3.conda",
        Channel = "main",
        ChannelUrl = "https://host/main",
    };
}
